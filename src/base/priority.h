// The priority of threads: what may wait lets what people wait for go first.
#pragma once

namespace nc {

// Of the calling thread, from now on; nothing can go wrong that matters.
void lower_own_priority();

}  // namespace nc
