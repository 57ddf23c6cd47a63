// The threads that share the tiles of one network for the length of one call.
#pragma once
#include <atomic>
#include <cstdint>
#include <new>
#include <system_error>
#include <thread>
#include <vector>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace mlp {

// Flush-to-zero and denormals-are-zero in the constructing thread, restored at the end. The moments of weights whose
// gradient has died decay into denormals, on which an addition takes 100 cycles and more.
class FlushDenormals {
  public:
#if defined(__x86_64__)
    FlushDenormals() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | 0x8040u); }
    ~FlushDenormals() { _mm_setcsr(saved_); }

  private:
    unsigned saved_;
#elif defined(__aarch64__)
    FlushDenormals() {
        asm volatile("mrs %0, fpcr" : "=r"(saved_));
        asm volatile("msr fpcr, %0" ::"r"(saved_ | (std::uint64_t{1} << 24)));
    }
    ~FlushDenormals() { asm volatile("msr fpcr, %0" ::"r"(saved_)); }

  private:
    std::uint64_t saved_;
#endif
  public:
    FlushDenormals(const FlushDenormals &) = delete;
    FlushDenormals &operator=(const FlushDenormals &) = delete;
};

// run(n, body) calls body(task, thread) once for each task in [0, n), on all threads, and returns when all are done.
//
// state_ = job number << 32 | tasks not yet taken. A thread takes a task by lowering the second part, so a helper
// that the system has put to sleep delays nobody unless it holds a task: no barrier is waited for on entry or exit.
class Team {
  public:
    // Starts as many helpers as the system grants: a limit on processes or memory may refuse some, and the others do
    // their tasks.
    explicit Team(int n_threads) {
        try {
            for (int thread = 1; thread < n_threads; ++thread)
                helpers_.emplace_back([this, thread] {
                    const FlushDenormals flush;
                    help(thread);
                });
        } catch (const std::system_error &) {
        } catch (const std::bad_alloc &) {
        }
    }
    ~Team() {
        quit_.store(true, std::memory_order_release);
        for (auto &helper : helpers_) helper.join();
    }
    Team(const Team &) = delete;
    Team &operator=(const Team &) = delete;

    int size() const { return static_cast<int>(helpers_.size()) + 1; }

    template <typename Body> void run(int n_tasks, Body &&body) {
        if (helpers_.empty() || n_tasks < 2) {
            for (int task = 0; task < n_tasks; ++task) body(task, 0);
            return;
        }
        n_tasks_ = n_tasks;
        context_ = &body;
        call_ = [](void *context, int task, int thread) {
            (*static_cast<std::remove_reference_t<Body> *>(context))(task, thread);
        };
        done_.store(0, std::memory_order_relaxed);
        const std::uint64_t job = (state_.load(std::memory_order_relaxed) >> 32) + 1;
        state_.store(job << 32 | static_cast<std::uint32_t>(n_tasks), std::memory_order_release);
        while (work(0)) {
        }
        for (int spins = 0; done_.load(std::memory_order_acquire) != n_tasks; ++spins) pause(spins);
    }

  private:
    bool work(int thread) {
        std::uint64_t seen = state_.load(std::memory_order_acquire);
        do {
            if (static_cast<std::uint32_t>(seen) == 0) return false;
        } while (!state_.compare_exchange_weak(seen, seen - 1, std::memory_order_acq_rel, std::memory_order_acquire));
        call_(context_, n_tasks_ - static_cast<int>(static_cast<std::uint32_t>(seen)), thread);
        done_.fetch_add(1, std::memory_order_release);
        return true;
    }

    void help(int thread) {
        for (int spins = 0; !quit_.load(std::memory_order_acquire); ++spins) {
            if (work(thread)) spins = 0;
            else pause(spins);
        }
    }

    // Phases follow each other within microseconds; after about 20 of them the core is better given away.
    static void pause(int spins) {
        if (spins > 1000) {
            std::this_thread::yield();
            return;
        }
#if defined(__x86_64__)
        _mm_pause();
#else
        std::atomic_signal_fence(std::memory_order_seq_cst);
#endif
    }

    std::vector<std::thread> helpers_;
    int n_tasks_ = 0;
    void *context_ = nullptr;
    void (*call_)(void *, int, int) = nullptr;
    alignas(64) std::atomic<std::uint64_t> state_{0};
    alignas(64) std::atomic<int> done_{0};
    std::atomic<bool> quit_{false};
};

} // namespace mlp
