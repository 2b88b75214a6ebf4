*
&Kp•ºßB
FLOAT8E5M2