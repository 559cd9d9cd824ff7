/* Media functions that pjsua and its C++ binding refer to. None can be reached in a sensible program; each is here so that
 * the object with the real one, and all that it drags in, is never pulled from pjmedia's archives.
 *
 * Deliberately without pjmedia's and pjsua's headers: every function is defined without parameters. The callers pass
 * arguments that nobody reads, which the calling conventions of all our platforms (caller cleans up) allow; the functions
 * whose arguments matter are in media_defaults.c with their true types.
 */

enum { NOT_SUPPORTED = 70012 }; /* PJ_ENOTSUP; media_defaults.c checks that it is */

#define REFUSED(name) \
    int name(void); \
    int name(void) { return NOT_SUPPORTED; }

#define NOTHING(name) \
    long name(void); \
    long name(void) { return 0; }

#define SILENT(name) \
    void name(void); \
    void name(void) {}

#define INVALID_SLOT(name) \
    int name(void); \
    int name(void) { return -1; }

/* conference bridge */
REFUSED(pjsua_conf_add_port)
REFUSED(pjsua_conf_adjust_rx_level)
REFUSED(pjsua_conf_adjust_tx_level)
REFUSED(pjsua_conf_connect)
REFUSED(pjsua_conf_connect2)
REFUSED(pjsua_conf_disconnect)
REFUSED(pjsua_conf_get_port_info)
REFUSED(pjsua_conf_get_signal_level)
REFUSED(pjsua_conf_remove_port)
REFUSED(pjsua_enum_conf_ports)
NOTHING(pjsua_conf_get_active_ports)
NOTHING(pjsua_conf_get_max_ports)
SILENT(pjsua_conf_connect_param_default)

/* players and recorders */
REFUSED(pjsua_player_create)
REFUSED(pjsua_player_destroy)
REFUSED(pjsua_player_get_info)
REFUSED(pjsua_player_get_port)
REFUSED(pjsua_player_set_pos)
REFUSED(pjsua_playlist_create)
REFUSED(pjsua_recorder_create)
REFUSED(pjsua_recorder_destroy)
INVALID_SLOT(pjsua_player_get_conf_port)
INVALID_SLOT(pjsua_player_get_pos)
INVALID_SLOT(pjsua_recorder_get_conf_port)
REFUSED(pjmedia_wav_player_set_eof_cb2)
REFUSED(pjmedia_wav_playlist_set_eof_cb2)
REFUSED(pjmedia_tonegen_create)
REFUSED(pjmedia_tonegen_get_digit_map)
REFUSED(pjmedia_tonegen_play)
REFUSED(pjmedia_tonegen_play_digits)
REFUSED(pjmedia_tonegen_rewind)
REFUSED(pjmedia_tonegen_set_digit_map)
REFUSED(pjmedia_tonegen_stop)
NOTHING(pjmedia_tonegen_is_busy)

/* sound devices */
REFUSED(pjsua_enum_aud_devs)
REFUSED(pjsua_ext_snd_dev_create)
REFUSED(pjsua_ext_snd_dev_destroy)
INVALID_SLOT(pjsua_ext_snd_dev_get_conf_port)
REFUSED(pjsua_get_ec_tail)
REFUSED(pjsua_get_snd_dev)
REFUSED(pjsua_get_snd_dev2)
REFUSED(pjsua_set_ec)
NOTHING(pjsua_set_no_snd_dev)
REFUSED(pjsua_set_null_snd_dev)
REFUSED(pjsua_set_snd_dev)
REFUSED(pjsua_set_snd_dev2)
REFUSED(pjsua_snd_get_setting)
REFUSED(pjsua_snd_set_setting)
NOTHING(pjsua_snd_is_active)
SILENT(pjsua_snd_dev_param_default)
SILENT(pjsua_check_snd_dev_idle)
SILENT(pjmedia_snd_port_param_default)
REFUSED(pjmedia_aud_dev_default_param)
REFUSED(pjmedia_aud_dev_get_info)
REFUSED(pjmedia_aud_dev_lookup)
REFUSED(pjmedia_aud_dev_refresh)
NOTHING(pjmedia_aud_dev_count)

/* codecs and streams of a call */
REFUSED(pjsua_enum_codecs)
REFUSED(pjsua_codec_get_param)
REFUSED(pjsua_codec_set_param)
REFUSED(pjsua_codec_set_priority)
REFUSED(pjsua_call_aud_stream_modify_codec_param)
REFUSED(pjsua_call_dial_dtmf)
REFUSED(pjsua_call_dial_dtmf2)
NOTHING(pjsua_call_has_media)
NOTHING(pjsua_call_media_is_changing)
REFUSED(pjsua_call_get_stream_info)
REFUSED(pjsua_call_get_stream_stat)
REFUSED(pjsua_call_send_text)

/* media ports of the application */
REFUSED(pjmedia_ai_openai_backend_create)
REFUSED(pjmedia_ai_port_connect)
REFUSED(pjmedia_ai_port_create)
REFUSED(pjmedia_ai_port_disconnect)
NOTHING(pjmedia_ai_port_get_port)
NOTHING(pjmedia_ai_port_get_user_data)
SILENT(pjmedia_ai_port_param_default)
SILENT(pjmedia_ai_port_set_user_data)
REFUSED(pjmedia_port_destroy)
REFUSED(pjmedia_port_info_init2)
REFUSED(pjmedia_port_init_grp_lock)

/* media endpoint: there is none */
REFUSED(pjmedia_endpt_dump)
NOTHING(pjmedia_endpt_get_thread)
NOTHING(pjmedia_endpt_get_thread_count)

/* ICE of the original media transports; ours is elsewhere */
NOTHING(pjmedia_ice_sdp_has_trickle)
NOTHING(pjmedia_ice_trickle_has_new_cand)
REFUSED(pjmedia_ice_trickle_decode_sdp)
REFUSED(pjmedia_ice_trickle_send_local_cand)
REFUSED(pjmedia_ice_trickle_update)
