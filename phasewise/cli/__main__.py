"""`python -m phasewise.cli`."""

from phasewise.cli.main import main

main()
