def write(args, folder): pass
