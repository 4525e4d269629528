"""`python -m phasewise`."""

from phasewise.cli.main import main

main()
