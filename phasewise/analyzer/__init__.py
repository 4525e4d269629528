"""From records to indicators, and from indicators to the phase."""

import os

# The last digit of a number must not depend on how many cores a machine has, and the matrices here are so
# small that threads only wait for each other. It is read when numpy is first imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
