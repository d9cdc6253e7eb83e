"""Teaching posterior reversible encephalopathy syndrome (PRES) in transplant recipients on tacrolimus."""
