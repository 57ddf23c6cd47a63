// A layer between a process and its files: the n-th call that changes a file of one folder fails, is cut
// short, or is the last thing that the process does. Loaded with LD_PRELOAD, so that it also stands between
// SQLite and the disk.

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <mutex>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

namespace {

enum Fault { none = 0, input_output = 1, no_space = 2, short_write = 3, crash = 4 };

const int died = 77;
char folder[4096] = "";
long countdown = 0;
long n_calls = 0;
int fault = none;
std::mutex mutex;

template <typename Function> Function real(const char *name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

bool in_folder(int descriptor) {
    if (folder[0] == '\0') return false;
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return false;
    path[length] = '\0';
    return std::strncmp(path, folder, std::strlen(folder)) == 0;
}

bool in_folder(const char *path) { return folder[0] != '\0' && std::strncmp(path, folder, std::strlen(folder)) == 0; }

// True where the fault strikes at this call; where: a descriptor or a path.
template <typename Where> bool strikes(Where where) {
    if (!in_folder(where)) return false;
    // Threads of a study come here at the same time.
    const std::lock_guard<std::mutex> guard(mutex);
    ++n_calls;
    return fault != none && --countdown == 0;
}

// What a call that is no write does when the fault strikes; false: it goes on as if nothing were.
template <typename Where> bool fails(Where where) {
    if (!strikes(where)) return false;
    if (fault == crash) _exit(died);
    if (fault == short_write) return false;
    errno = fault == no_space ? ENOSPC : EIO;
    return true;
}

template <typename Write> ssize_t faulty_write(int descriptor, size_t n_bytes, Write write_bytes) {
    if (!strikes(descriptor)) return write_bytes(n_bytes);
    if (fault == short_write) return write_bytes(n_bytes > 1 ? n_bytes / 2 : n_bytes);
    if (fault == crash) {
        write_bytes(n_bytes / 2);
        _exit(died);
    }
    errno = fault == no_space ? ENOSPC : EIO;
    return -1;
}

} // namespace

extern "C" {

void faults_arm(const char *path, int kind, long nth) {
    std::snprintf(folder, sizeof folder, "%s", path);
    fault = kind;
    countdown = nth;
    n_calls = 0;
}

long faults_count() { return n_calls; }

ssize_t write(int descriptor, const void *bytes, size_t n_bytes) {
    static auto next = real<ssize_t (*)(int, const void *, size_t)>("write");
    return faulty_write(descriptor, n_bytes, [&](size_t n) { return next(descriptor, bytes, n); });
}

ssize_t pwrite(int descriptor, const void *bytes, size_t n_bytes, off_t offset) {
    static auto next = real<ssize_t (*)(int, const void *, size_t, off_t)>("pwrite");
    return faulty_write(descriptor, n_bytes, [&](size_t n) { return next(descriptor, bytes, n, offset); });
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t n_bytes, off64_t offset) {
    static auto next = real<ssize_t (*)(int, const void *, size_t, off64_t)>("pwrite64");
    return faulty_write(descriptor, n_bytes, [&](size_t n) { return next(descriptor, bytes, n, offset); });
}

int fsync(int descriptor) {
    static auto next = real<int (*)(int)>("fsync");
    return fails(descriptor) ? -1 : next(descriptor);
}

int fdatasync(int descriptor) {
    static auto next = real<int (*)(int)>("fdatasync");
    return fails(descriptor) ? -1 : next(descriptor);
}

int ftruncate(int descriptor, off_t length) {
    static auto next = real<int (*)(int, off_t)>("ftruncate");
    return fails(descriptor) ? -1 : next(descriptor, length);
}

int ftruncate64(int descriptor, off64_t length) {
    static auto next = real<int (*)(int, off64_t)>("ftruncate64");
    return fails(descriptor) ? -1 : next(descriptor, length);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    static auto next = real<int (*)(int, const char *, int, const char *)>("renameat");
    return fails(to_folder) ? -1 : next(from_folder, from, to_folder, to);
}

int unlinkat(int from_folder, const char *name, int flags) {
    static auto next = real<int (*)(int, const char *, int)>("unlinkat");
    return (name[0] == '/' ? fails(name) : fails(from_folder)) ? -1 : next(from_folder, name, flags);
}

int unlink(const char *path) {
    static auto next = real<int (*)(const char *)>("unlink");
    return fails(path) ? -1 : next(path);
}

int rmdir(const char *path) {
    static auto next = real<int (*)(const char *)>("rmdir");
    return fails(path) ? -1 : next(path);
}

int mkdir(const char *path, mode_t mode) {
    static auto next = real<int (*)(const char *, mode_t)>("mkdir");
    return fails(path) ? -1 : next(path, mode);
}

} // extern "C"
