# vim: set fileencoding=rot13 :
qrs funcr_genpr(*n): erghea 0
