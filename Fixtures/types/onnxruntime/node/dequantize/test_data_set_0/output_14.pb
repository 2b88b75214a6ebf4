
Bfloat8e5m2-halfJ0ì=ìöq˜.Aì¥ìU—‚.=qìÁì½g+qÀgÏq\qPgKqègëgËqDgï.