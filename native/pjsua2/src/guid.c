/* Tags, branches and Call-IDs from the kernel's random numbers, in place of pjlib's: its fallback draws on rand(), so that
 * a stranger could guess the tags of a dialogue, and libuuid is one more dependency.
 */
#include <pj/guid.h>

#include <stdlib.h>
#include <sys/random.h>

const unsigned PJ_GUID_STRING_LENGTH = 32;

unsigned pj_GUID_STRING_LENGTH(void)
{
    return PJ_GUID_STRING_LENGTH;
}

pj_str_t *pj_generate_unique_string(pj_str_t *str)
{
    static const char alphabet[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-.";
    unsigned char random[32];
    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        abort(); /* below 256 bytes it cannot be interrupted: only a kernel without the call comes here */
    for (unsigned i = 0; i < sizeof(random); ++i)
        str->ptr[i] = alphabet[random[i] & 63];
    str->slen = (pj_ssize_t)sizeof(random);
    return str;
}
