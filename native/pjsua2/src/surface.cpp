// The cms_* functions of the Python module.
#include "surface.hpp"

#include <pjmedia/sdp_neg.h>
#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

#include <stdexcept>

#include "cms.h"
#include "held.h"

namespace {

// Printed, not copied: a body of several parts was parsed on arrival, its data are pointers.
std::string body_text(pjsip_msg_body &body) {
    std::string text(PJSIP_MAX_PKT_LEN, '\0');
    const int length = body.print_body(&body, text.data(), text.size());
    text.resize(length > 0 ? static_cast<size_t>(length) : 0);
    return text;
}

std::string text_of(const pj_str_t &text) {
    return text.slen > 0 ? std::string(text.ptr, static_cast<size_t>(text.slen)) : std::string();
}

pjmedia_sdp_neg *negotiation_of(int call_id) {
    if (pjsua_get_state() < PJSUA_STATE_INIT || call_id < 0 || call_id >= (int)pjsua_var.ua_cfg.max_calls) {
        return nullptr;
    }
    const pjsip_inv_session *inv = pjsua_var.calls[call_id].inv;
    return inv ? inv->neg : nullptr;
}

// pjmedia says only that the buffer was too small, so it grows.
std::string printed(const pjmedia_sdp_session *sdp) {
    constexpr size_t most = 1u << 20;
    for (size_t size = 4096; sdp && size <= most; size *= 4) {
        std::string text(size, '\0');
        const int length = pjmedia_sdp_print(sdp, text.data(), text.size());
        if (length >= 0) {
            text.resize(static_cast<size_t>(length));
            return text;
        }
    }
    return {};
}

// pjlib writes to stdout at its default level until libInit has read the application's wish.
const bool quiet_until_configured = (pj_log_set_level(1), true);

}  // namespace

void cms_install() {
    if (pjsua_get_state() < PJSUA_STATE_INIT) {
        throw std::runtime_error("cms_install comes after libInit");
    }
    if (cms_requests_register() != PJ_SUCCESS || cms_held_register() != PJ_SUCCESS) {
        throw std::runtime_error("pjsip refused the request module");
    }
}

// Rounded up: who waits for so long finds it due.
int cms_next_timer_ms() {
    pj_time_val due, now;
    pjsip_endpoint *endpoint = pjsua_get_state() < PJSUA_STATE_INIT ? nullptr : pjsua_get_pjsip_endpt();
    if (!endpoint || pj_timer_heap_earliest_time(pjsip_endpt_get_timer_heap(endpoint), &due) != PJ_SUCCESS) {
        return -1;
    }
    pj_gettickcount(&now);
    if (PJ_TIME_VAL_LTE(due, now)) {
        return 0;
    }
    PJ_TIME_VAL_SUB(due, now);
    return due.sec < 3600 ? static_cast<int>(PJ_TIME_VAL_MSEC(due)) + 1 : 3'600'000;
}

int cms_ioqueue_fd() { return pjsua_get_state() < PJSUA_STATE_INIT ? -1 : cms_epoll_fd(); }

std::string cms_remote_sdp(int call_id) {
    const pjmedia_sdp_session *sdp = nullptr;
    pjmedia_sdp_neg_get_active_remote(negotiation_of(call_id), &sdp);
    return printed(sdp);
}

std::string cms_local_sdp(int call_id) {
    const pjmedia_sdp_session *sdp = nullptr;
    pjmedia_sdp_neg_get_active_local(negotiation_of(call_id), &sdp);
    return printed(sdp);
}

std::string cms_pending_offer(int call_id) {
    pjmedia_sdp_neg *neg = negotiation_of(call_id);
    const pjmedia_sdp_neg_state state = pjmedia_sdp_neg_get_state(neg);
    const bool waits = state == PJMEDIA_SDP_NEG_STATE_REMOTE_OFFER || pjmedia_sdp_neg_has_local_answer(neg);
    const pjmedia_sdp_session *sdp = nullptr;
    if (waits) {
        pjmedia_sdp_neg_get_neg_remote(neg, &sdp);
    }
    return printed(sdp);
}

std::string cms_negotiation_state(int call_id) {
    return pjmedia_sdp_neg_state_str(pjmedia_sdp_neg_get_state(negotiation_of(call_id)));
}

// A UDP socket that is connected, never used, tells which of our addresses the kernel would send from.
std::string cms_local_address_for(const std::string &remote) {
    pj_sockaddr address;
    pj_str_t text = pj_str(const_cast<char *>(remote.c_str()));
    if (pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &address) != PJ_SUCCESS) {
        return {};
    }
    pj_sockaddr_set_port(&address, 9);
    pj_sock_t socket = PJ_INVALID_SOCKET;
    if (pj_sock_socket(address.addr.sa_family, pj_SOCK_DGRAM(), 0, &socket) != PJ_SUCCESS) {
        return {};
    }
    pj_sockaddr local;
    int length = sizeof(local);
    char printed_address[PJ_INET6_ADDRSTRLEN] = "";
    if (pj_sock_connect(socket, &address, pj_sockaddr_get_len(&address)) == PJ_SUCCESS &&
        pj_sock_getsockname(socket, &local, &length) == PJ_SUCCESS) {
        pj_sockaddr_print(&local, printed_address, sizeof(printed_address), 0);
    }
    pj_sock_close(socket);
    return printed_address;
}

std::map<std::string, long> cms_counters() { return cms_all_counts(); }

CmsFault cms_last_fault() { return cms_fault_now(); }

std::map<std::string, long> cms_memory() {
    std::map<std::string, long> memory{{"pools", 0}, {"pool_bytes", 0}};
    if (pjsua_get_state() >= PJSUA_STATE_CREATED) {
        auto *const list = reinterpret_cast<pj_pool_t *>(&pjsua_var.cp.used_list);
        for (const pj_pool_t *pool = list->next; pool != list; pool = pool->next) {
            ++memory["pools"];
            memory["pool_bytes"] += static_cast<long>(pool->capacity);
        }
    }
    return memory;
}

CmsRequest cms_next_request() {
    CmsRequest request;
    const cms_held *held = cms_held_next();
    if (!held) {
        return request;
    }
    const pjsip_msg *msg = held->rdata->msg_info.msg;
    request.id = held->id;
    request.call_id = held->call_id;
    request.method = text_of(msg->line.req.method.name);
    if (msg->body) {
        const pjsip_media_type &type = msg->body->content_type;
        request.content_type = text_of(type.type) + "/" + text_of(type.subtype);
        request.body = body_text(*msg->body);
    }
    return request;
}

bool cms_pass_request(int id) { return cms_held_pass(id); }

bool cms_answer_request(int id, int code) { return cms_held_answer(id, code); }
