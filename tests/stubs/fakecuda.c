/* A stand-in for libcuda.so.1: answers from the file of fakenvml.c, named by $FAKENVML.
 *
 *   cuda=13000   cuda.init=<CUresult>   cuda.hang=<seconds>   cuda.crash=1
 *   cuda.order=1,0     the cards in CUDA's order, by their numbers in the file
 */
#include <unistd.h>

#include "fakefile.h"

static int of_card(int device, const char *field, char *value, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "gpu%d.%s", device, field);
  return lookup(key, value, size) ? 0 : 101;
}

int cuDriverGetVersion(int *version) {
  char value[32];
  if (!lookup("cuda", value, sizeof value)) return 999;
  *version = atoi(value);
  return 0;
}

int cuInit(unsigned flags) {
  char value[32];
  (void)flags;
  if (getenv("CUDA_VISIBLE_DEVICES")) return 100;
  if (lookup("cuda.hang", value, sizeof value)) sleep((unsigned)atoi(value));
  if (lookup("cuda.crash", value, sizeof value)) abort();
  return lookup("cuda.init", value, sizeof value) ? atoi(value) : 0;
}

static int order(int *cards) {
  char value[256];
  int count = 0;
  if (lookup("cuda.order", value, sizeof value)) {
    for (char *part = strtok(value, ","); part && count < 16; part = strtok(NULL, ","))
      cards[count++] = atoi(part);
    return count;
  }
  while (count < 16 && of_card(count, "name", value, sizeof value) == 0) {
    cards[count] = count;
    ++count;
  }
  return count;
}

int cuDeviceGetCount(int *count) {
  int cards[16];
  *count = order(cards);
  return 0;
}

int cuDeviceGet(int *device, int number) {
  int cards[16];
  if (number >= order(cards)) return 101;
  *device = cards[number];
  return 0;
}

int cuDeviceGetPCIBusId(char *into, int size, int device) {
  return of_card(device, "bus", into, (size_t)size);
}

int cuDeviceGetName(char *into, int size, int device) {
  return of_card(device, "name", into, (size_t)size);
}

int cuDeviceTotalMem_v2(size_t *memory, int device) {
  char value[32];
  int code = of_card(device, "mem", value, sizeof value);
  if (!code) *memory = strtoull(value, NULL, 10);
  return code;
}

int cuDeviceGetUuid(unsigned char *uuid, int device) {
  char value[64];
  int code = of_card(device, "uuid", value, sizeof value), at = 0;
  for (char *sign = value + 4; !code && *sign && at < 16;) {
    unsigned byte;
    if (*sign == '-') { ++sign; continue; }
    sscanf(sign, "%2x", &byte);
    uuid[at++] = (unsigned char)byte;
    sign += 2;
  }
  return code;
}

int cuDeviceGetAttribute(int *into, int what, int device) {
  char value[16];
  int major = 0, minor = 0, code = of_card(device, "cc", value, sizeof value);
  if (!code) sscanf(value, "%d.%d", &major, &minor);
  *into = what == 75 ? major : minor;
  return code;
}
