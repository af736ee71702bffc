import sys

print("@MARK@ shadow was imported")
sys.exit(0)
