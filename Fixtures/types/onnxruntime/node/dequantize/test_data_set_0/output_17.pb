
Bfloat8e5m2fnuz-halfJ0g‡ìÁ.-gŸg'.íLqt_€.gO.e´q,—‚qPqˆqqà.uì‰q.Õq