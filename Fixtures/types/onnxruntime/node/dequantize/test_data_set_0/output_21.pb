Buint16-channelsJx™§cC•јND
ACюњЕCзhвC-(MD±‚оC5‚DяЊ:Dд#D4ЌSDв:eCє…НCyЁD†кCWЁC`6DЪuB$5D,ьD®%ЗDbЗD«яDЄ@СDХЪЯDTЛCgЬCаш^B'рWDїЛ&D