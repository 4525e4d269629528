"""Controlled comparisons of weekly counts: pure statistics, from arrays to estimates and verdicts.

`regression.py` fits, `category.py` and `staggered.py` are the two controlled designs, `alone.py` is the one
without a control, `placebo.py` asks where nothing happened, `verdict.py` is the rule that claims. The
operating characteristics of that rule are measured by benchmarks/operating_characteristics.py.
"""
