/* What Python reads of cms_count() and cms_fault(). */
#ifndef CMS_FAULTS_H
#define CMS_FAULTS_H

#include <map>
#include <string>

/* The last thing a peer did wrong, for one log line. */
struct CmsFault {
    long count = 0;
    std::string kind;
    std::string peer;
    std::string detail;
};

const std::map<std::string, long> &cms_all_counts();
const CmsFault &cms_fault_now();

#endif
