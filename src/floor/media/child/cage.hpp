// Inside barrow-media: what the program may still do once it begins to read.
#pragma once

namespace barrow::media {

// No more than: 1 GiB of memory, 20 seconds of processor time, an output of box_bytes_max, no core file; the three files that it was
// given and no others. And of the kernel's calls those alone that reading, writing, memory and time need: opening a file, a socket, a
// process or a thread is answered with EPERM, a call by another architecture's table with death. There is no way back. False: this kernel
// has no such lock, and nothing may be read.
bool lock_up();

}  // namespace barrow::media
