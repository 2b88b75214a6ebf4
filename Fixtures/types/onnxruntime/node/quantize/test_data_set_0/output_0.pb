B
int4-wholeJ˜Œzx‡dx„w‡