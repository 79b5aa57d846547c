"""QTI 1.2 as Canvas, Common Cartridge and Respondus write it; its files lie in packages of QTI."""
