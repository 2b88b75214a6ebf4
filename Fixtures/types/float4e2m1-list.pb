*a¥B
FLOAT4E2M1