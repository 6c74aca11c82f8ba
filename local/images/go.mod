module fleet-stand-ins

go 1.24
