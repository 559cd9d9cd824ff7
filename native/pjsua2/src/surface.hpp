/* The cms_* functions of the Python module: see API.md. SWIG reads this file. */
#ifndef CMS_SURFACE_HPP
#define CMS_SURFACE_HPP

#include <map>
#include <string>

#include "faults.h"
#include "in_dialogue.h"

void cms_install();
int cms_ioqueue_fd();
int cms_next_timer_ms();
std::string cms_remote_sdp(int call_id);
std::string cms_local_sdp(int call_id);
std::string cms_pending_offer(int call_id);
std::string cms_negotiation_state(int call_id);
std::string cms_local_address_for(const std::string &remote);
std::map<std::string, long> cms_counters();
CmsFault cms_last_fault();
std::map<std::string, long> cms_memory();

#endif
