
Bfloat8e4m3fn-halfJ0ªÖÀg7Ğ0qHµ4ª¦q@ìª".Yq´ĞHª¢ª6g§gg£gÃ.!qÀqĞ,