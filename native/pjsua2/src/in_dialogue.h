/* Requests within a dialogue that wait for the application: see API.md and in_dialogue.c. SWIG reads this file. */
#ifndef CMS_IN_DIALOGUE_H
#define CMS_IN_DIALOGUE_H

#include <string>

/* A request that waits. `id` is -1 when none is left; `call_id` is pjsua's. */
struct CmsRequest {
    int id = -1;
    int call_id = -1;
    std::string method;
    std::string content_type;
    std::string body;
};

CmsRequest cms_next_request();
bool cms_pass_request(int id);
bool cms_answer_request(int id, int code);

#endif
