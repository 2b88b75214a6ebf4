// A way to open files that Swift cannot call: a system call without a function.
#ifndef CONNXPROTO_BENEATH_H
#define CONNXPROTO_BENEATH_H

// Opens a file for reading below an open folder; the kernel itself sees to it that no symbolic link is followed and
// the folder is not left.
//
// Returns a descriptor, or -1 with errno set: ENOSYS where the system lacks the call (openat2, Linux 5.6).
int connxproto_open_beneath(int folder, const char *path);

#endif
