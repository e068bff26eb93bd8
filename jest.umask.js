process.umask(0o022);
