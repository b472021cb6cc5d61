"""Pages on which the staff propose, approve and re-check the dated tables."""
