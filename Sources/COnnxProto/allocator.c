#include "connxproto.h"
