/* Media functions whose arguments matter although no media exists: defaults that accounts are made with, and the
 * throw-away SDP with which pjsua tries an incoming INVITE before it makes a call of it.
 */
#include <pj/string.h>
#include <pjmedia/endpoint.h>
#include <pjmedia/rtcp_fb.h>
#include <pjmedia-audiodev/audiodev.h>

_Static_assert(PJ_ENOTSUP == 70012, "stubs.c knows this number");

pj_status_t pjmedia_rtcp_fb_setting_default(pjmedia_rtcp_fb_setting *opt)
{
    pj_bzero(opt, sizeof(*opt));
    opt->dont_use_avpf = PJ_TRUE;
    return PJ_SUCCESS;
}

void pjmedia_rtcp_fb_setting_dup(pj_pool_t *pool, pjmedia_rtcp_fb_setting *dst, const pjmedia_rtcp_fb_setting *src)
{
    PJ_UNUSED_ARG(pool); /* the capabilities, which would need it, are never set */
    *dst = *src;
    dst->cap_count = 0;
}

const char *pjmedia_aud_dev_cap_name(pjmedia_aud_dev_cap cap, const char **p_desc)
{
    PJ_UNUSED_ARG(cap);
    if (p_desc)
        *p_desc = "";
    return "";
}

pj_status_t pjmedia_endpt_create_base_sdp(pjmedia_endpt *endpt, pj_pool_t *pool, const pj_str_t *sess_name,
                                          const pj_sockaddr *origin, pjmedia_sdp_session **p_sdp)
{
    PJ_UNUSED_ARG(endpt);
    PJ_UNUSED_ARG(sess_name);
    PJ_UNUSED_ARG(origin);
    pjmedia_sdp_session *sdp = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_session);
    sdp->origin.user = pj_str("-");
    sdp->origin.net_type = pj_str("IN");
    sdp->origin.addr_type = pj_str("IP4");
    sdp->origin.addr = pj_str("127.0.0.1");
    sdp->name = pj_str("-");
    *p_sdp = sdp;
    return PJ_SUCCESS;
}

static pj_status_t try_media(pj_pool_t *pool, char *kind, const pjmedia_sock_info *si, pjmedia_sdp_media **p_m)
{
    pjmedia_sdp_media *m = PJ_POOL_ZALLOC_T(pool, pjmedia_sdp_media);
    m->desc.media = pj_str(kind);
    m->desc.transport = pj_str("RTP/AVP");
    m->desc.port = pj_sockaddr_get_port(&si->rtp_addr_name);
    m->desc.fmt[m->desc.fmt_count++] = pj_str("0");
    *p_m = m;
    return PJ_SUCCESS;
}

pj_status_t pjmedia_endpt_create_audio_sdp(pjmedia_endpt *endpt, pj_pool_t *pool, const pjmedia_sock_info *si,
                                           const pjmedia_endpt_create_sdp_param *options, pjmedia_sdp_media **p_m)
{
    PJ_UNUSED_ARG(endpt);
    PJ_UNUSED_ARG(options);
    return try_media(pool, "audio", si, p_m);
}

pj_status_t pjmedia_endpt_create_text_sdp(pjmedia_endpt *endpt, pj_pool_t *pool, const pjmedia_sock_info *si,
                                          const pjmedia_endpt_create_sdp_param *options, pjmedia_sdp_media **p_m)
{
    PJ_UNUSED_ARG(endpt);
    PJ_UNUSED_ARG(options);
    return try_media(pool, "text", si, p_m);
}
