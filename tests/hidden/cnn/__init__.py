"""Hidden tests of the assignment `cnn`; run bare, they grade the reference."""
