// libjpeg-turbo, as Debian's libjpeg62-turbo-dev installs it. jpeglib.h needs stdio and size_t first.
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
