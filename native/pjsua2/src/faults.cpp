// Counters and the last fault: what went wrong that no call will ever tell.
#include "faults.h"

#include "cms.h"

namespace {

std::map<std::string, long> counts;
CmsFault fault;

}  // namespace

void cms_count(const char *name) { ++counts[name]; }

void cms_count_code(const char *prefix, int code) { ++counts[prefix + std::to_string(code)]; }

void cms_fault(const char *kind, const char *peer, const char *detail) {
    ++fault.count;
    fault.kind = kind;
    fault.peer = peer;
    fault.detail = detail;
}

const std::map<std::string, long> &cms_all_counts() { return counts; }

const CmsFault &cms_fault_now() { return fault; }
