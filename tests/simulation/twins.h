// What was sent in a world and in its twin, which has hidden activity besides: alike, message by message.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace nc::simulation {

using Sent = std::map<std::string, std::vector<std::string>>;  // by a node's code: the answers to it, in order

// Empty: they are alike. Of a letter about keys its kind, writer, record, part, times and every length count, and not its lots
// (one-use keys, boxes, and the names and signatures that follow from them): they are drawn where what is hidden draws, too.
// The messages that differ are told in `trace`.
std::string tell_apart(const Sent& bare, const Sent& full, std::vector<std::string>& trace);

}  // namespace nc::simulation
