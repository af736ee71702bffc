"""Hidden tests of the assignment `rnn`; run bare, they grade the reference."""
