// Inside the room only: SQLite's system VFS with the index of the write-ahead log in the memory of this process, where the
// system's keeps it in a file beside the data. For reading what a log holds on a disk that is full or cannot be written.
//
// The connections of this process to one file share an index; other processes have their own, so that nobody may write
// meanwhile: whoever opens such a file holds off writers (records/data_dir.h).
#pragma once

namespace nc::store {

// Its name, for sqlite3_open_v2. Threads: any.
const char* private_index_vfs();

}  // namespace nc::store
