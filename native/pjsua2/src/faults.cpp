// Counters and the last fault: what went wrong that no call will ever tell.
#include "faults.h"

#include <algorithm>

#include "cms.h"

namespace {

constexpr unsigned longest_detail = 120;  // a log line

std::map<std::string, long> counts;
CmsFault fault;

}  // namespace

void cms_count(const char *name) { ++counts[name]; }

void cms_count_code(const char *prefix, int code) { ++counts[prefix + std::to_string(code)]; }

void cms_fault_from(const pjsip_rx_data *rdata, const char *kind, const char *detail, unsigned detail_length) {
    const std::string host = rdata->pkt_info.src_name;
    ++fault.count;
    fault.kind = kind;
    fault.peer = (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
                 std::to_string(rdata->pkt_info.src_port);
    fault.detail.assign(detail, std::min(detail_length, longest_detail));
    for (char &character : fault.detail) {
        if (character < ' ' || character > '~') {
            character = '.';
        }
    }
}

const std::map<std::string, long> &cms_all_counts() { return counts; }

const CmsFault &cms_fault_now() { return fault; }
