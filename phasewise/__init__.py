"""Phasewise: which phase of operational maturity is an MSP in? Answered from its own records."""

__version__ = "0.1.0"
