
Bfloat8e4m3fnuz-halfJ0ìÍªÆ½q”1ĞD)ĞÀq°ªÎgGgSªqÈªšg'g¯Ğ4ÑĞĞª²4gSgÇ