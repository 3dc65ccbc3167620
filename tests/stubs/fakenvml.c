/* A stand-in for libnvidia-ml.so.1: answers from a key=value file named by $FAKENVML.
 *
 *   driver=580.65.06   cuda=13000
 *   gpu0.name= gpu0.cc=6.1 gpu0.mem=<bytes> gpu0.uuid= gpu0.bus=00000000:01:00.0
 *   gpu0.pci=1b8010de gpu0.subsystem=37021458 gpu0.mig=0|1
 *   gpu0.virtual= gpu0.compute= gpu0.persistence= gpu0.ecc= gpu0.fabric=   (numbers of nvml.h)
 *   fail.<function>[.<gpu>]=<nvmlReturn_t>   hang.<function>=<seconds>   crash.<function>=1
 */
#include <unistd.h>

#include "fakefile.h"

typedef struct {
  char busIdLegacy[16];
  unsigned domain, bus, device, pciDeviceId, pciSubSystemId;
  char busId[32];
} PciInfo;
typedef struct { unsigned long long total, free, used; } Memory;

static int scripted(const char *function, int gpu) {
  char key[128], value[64];
  snprintf(key, sizeof key, "hang.%s", function);
  if (lookup(key, value, sizeof value)) sleep((unsigned)atoi(value));
  snprintf(key, sizeof key, "crash.%s", function);
  if (lookup(key, value, sizeof value)) abort();
  snprintf(key, sizeof key, "fail.%s.%d", function, gpu);
  if (gpu >= 0 && lookup(key, value, sizeof value)) return atoi(value);
  snprintf(key, sizeof key, "fail.%s", function);
  if (lookup(key, value, sizeof value)) return atoi(value);
  return 0;
}

static int gpu_value(long handle, const char *field, char *value, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "gpu%ld.%s", handle - 1, field);
  return lookup(key, value, size);
}

/* NVML_ERROR_NOT_SUPPORTED where the file doesn't say. */
static int text(const char *function, long handle, const char *field, char *into, unsigned size) {
  int code = scripted(function, (int)handle - 1);
  if (code) return code;
  return gpu_value(handle, field, into, size) ? 0 : 3;
}

int nvmlInitWithFlags(unsigned flags) { (void)flags; return scripted("nvmlInit", -1); }
int nvmlInit_v2(void) { return scripted("nvmlInit", -1); }
int nvmlShutdown(void) { return 0; }

int nvmlSystemGetDriverVersion(char *version, unsigned size) {
  int code = scripted("nvmlSystemGetDriverVersion", -1);
  return code ? code : lookup("driver", version, size) ? 0 : 999;
}

int nvmlSystemGetCudaDriverVersion_v2(int *version) {
  char value[32];
  int code = scripted("nvmlSystemGetCudaDriverVersion", -1);
  if (code) return code;
  if (!lookup("cuda", value, sizeof value)) return 3;
  *version = atoi(value);
  return 0;
}

int nvmlDeviceGetCount_v2(unsigned *count) {
  char value[128];
  int code = scripted("nvmlDeviceGetCount", -1);
  if (code) return code;
  for (*count = 0; gpu_value((long)*count + 1, "name", value, sizeof value); ++*count) {}
  return 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
  *handle = (void *)((long)index + 1);
  return scripted("nvmlDeviceGetHandleByIndex", (int)index);
}

int nvmlDeviceGetName(void *handle, char *name, unsigned size) {
  return text("nvmlDeviceGetName", (long)handle, "name", name, size);
}

int nvmlDeviceGetUUID(void *handle, char *uuid, unsigned size) {
  return text("nvmlDeviceGetUUID", (long)handle, "uuid", uuid, size);
}

int nvmlDeviceGetPciInfo_v3(void *handle, PciInfo *pci) {
  char value[64];
  int code = text("nvmlDeviceGetPciInfo", (long)handle, "bus", pci->busId, sizeof pci->busId);
  if (code) return code;
  pci->pciDeviceId = pci->pciSubSystemId = 0;
  if (gpu_value((long)handle, "pci", value, sizeof value))
    pci->pciDeviceId = (unsigned)strtoul(value, NULL, 16);
  if (gpu_value((long)handle, "subsystem", value, sizeof value))
    pci->pciSubSystemId = (unsigned)strtoul(value, NULL, 16);
  return 0;
}

int nvmlDeviceGetMemoryInfo(void *handle, Memory *memory) {
  char value[32];
  int code = text("nvmlDeviceGetMemoryInfo", (long)handle, "mem", value, sizeof value);
  if (code) return code;
  memory->total = memory->free = strtoull(value, NULL, 10);
  memory->used = 0;
  return 0;
}

int nvmlDeviceGetCudaComputeCapability(void *handle, int *major, int *minor) {
  char value[16];
  int code = text("nvmlDeviceGetCudaComputeCapability", (long)handle, "cc", value, sizeof value);
  if (code) return code;
  return sscanf(value, "%d.%d", major, minor) == 2 ? 0 : 999;
}

int nvmlDeviceGetMigMode(void *handle, unsigned *current, unsigned *pending) {
  char value[8];
  int code = text("nvmlDeviceGetMigMode", (long)handle, "mig", value, sizeof value);
  if (code) return code;
  *current = *pending = (unsigned)atoi(value);
  return 0;
}

static int number(const char *function, void *handle, const char *field, unsigned long long *into) {
  char value[32];
  int code = text(function, (long)handle, field, value, sizeof value);
  if (!code) *into = strtoull(value, NULL, 10);
  return code;
}

static int small(const char *function, void *handle, const char *field, int *into) {
  unsigned long long value;
  int code = number(function, handle, field, &value);
  if (!code) *into = (int)value;
  return code;
}

int nvmlDeviceGetVirtualizationMode(void *handle, unsigned long long *mode) {
  return number("nvmlDeviceGetVirtualizationMode", handle, "virtual", mode);
}

int nvmlDeviceGetComputeMode(void *handle, int *mode) {
  return small("nvmlDeviceGetComputeMode", handle, "compute", mode);
}

int nvmlDeviceGetPersistenceMode(void *handle, int *mode) {
  return small("nvmlDeviceGetPersistenceMode", handle, "persistence", mode);
}

int nvmlDeviceGetTotalEccErrors(void *handle, int type, int counter, unsigned long long *count) {
  if (type != 1 || counter != 0) return 2;
  return number("nvmlDeviceGetTotalEccErrors", handle, "ecc", count);
}

typedef struct { unsigned char cluster[16]; int status; unsigned clique; unsigned char state; } Fabric;

int nvmlDeviceGetGpuFabricInfo(void *handle, Fabric *fabric) {
  int state, code = small("nvmlDeviceGetGpuFabricInfo", handle, "fabric", &state);
  if (!code) fabric->state = (unsigned char)state;
  return code;
}

const char *nvmlErrorString(int code) {
  switch (code) {
    case 4: return "Insufficient Permissions";
    case 9: return "Driver Not Loaded";
    case 15: return "GPU is lost";
    case 18: return "Driver/library version mismatch";
    default: return "Unknown Error";
  }
}
