/* pjproject's build-time settings: a signalling stack for thousands of calls, without media. Each default that is changed
 * has been paid for; the reasons stand beside it. */
#ifndef CMS_CONFIG_SITE_H
#define CMS_CONFIG_SITE_H

/* no media at all: native/pjsua2/src has what is left of it */
#define PJSUA_MEDIA_HAS_PJMEDIA 0
#define PJMEDIA_HAS_VIDEO 0
#define PJMEDIA_HAS_SRTP 0

#define PJ_HAS_IPV6 1
#define PJ_HAS_SSL_SOCK 1
#define PJSIP_HAS_TLS_TRANSPORT 1

/* sizes: the originals serve a telephone */
#define PJSUA_MAX_CALLS 4096
#define PJSUA_MAX_ACC 64
#define PJ_IOQUEUE_MAX_HANDLES 16384
#define PJSIP_MAX_TSX_COUNT 65535
#define PJSIP_MAX_DIALOG_COUNT 16383
#define PJSIP_TPMGR_HTABLE_SIZE 4095 /* one chain per 31 would walk hundreds of connections per message */
#define PJSIP_MAX_URL_SIZE 1024

/* messages */
#define PJSIP_MAX_PKT_LEN 32768       /* at 8192 an INVITE of 9 KB gets 100 Trying and nothing more */
#define PJSUA2_MAX_SDP_BUF_LEN 16384  /* at 1024 SdpSession.wholeSdp is empty for a video offer */
#define PJSIP_DONT_SWITCH_TO_TCP 1    /* a request over 1300 bytes stays on the transport that was configured */
#define PJMEDIA_MAX_SDP_MEDIA 16
#define PJMEDIA_MAX_SDP_ATTR 128
#define PJMEDIA_MAX_SDP_FMT 48
#define PJMEDIA_MAX_SDP_BANDW 8

/* bursts */
#define PJSIP_TCP_TRANSPORT_BACKLOG 1024
#define PJSIP_TLS_TRANSPORT_BACKLOG 1024
#define PJSIP_UDP_SO_SNDBUF_SIZE 4194304
#define PJSIP_UDP_SO_RCVBUF_SIZE 4194304
#define PJSIP_MAX_TIMED_OUT_ENTRIES 100 /* timers per libHandleEvents: ten of them would fall behind 500 calls a second */
#define PJSIP_MAX_NET_EVENTS 8 /* datagrams per libHandleEvents: one costs a wake-up of the loop each */

#endif
