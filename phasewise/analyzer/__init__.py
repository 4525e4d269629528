"""From records to indicators, and from indicators to the phase."""
