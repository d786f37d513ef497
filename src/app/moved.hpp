// What this program keeps in memory of the database, and which writes make it old: see floor/store/moved.hpp.
#pragma once

#include "floor/store/store.hpp"

namespace barrow::app {

inline constexpr std::string_view shops_moved = "shops";    // the directory: shops, hosts, domains, keys
inline constexpr std::string_view links_moved = "links";    // what is kept of links that were followed
inline constexpr std::string_view denied_moved = "denied";  // hosts that no link may lead to

inline constexpr std::string_view pages_moved = "pages";  // what public pages say beside that: files made of them

// For store::Database::watch, in every program that writes to the database. The clock must outlive it.
store::Watch watch(const Clock& clock);

}  // namespace barrow::app
