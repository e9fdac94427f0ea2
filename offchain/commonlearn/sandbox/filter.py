"""Which system calls a program may make: a list of what training needs, everything else refused.

What is known and dangerous is refused with EPERM, what this list does not know with ENOSYS, as by a kernel that has no
such call: libraries then take their older way. So a call that a future kernel adds is refused too.
"""

from __future__ import annotations

import errno
import os
import tempfile
from functools import lru_cache

__all__ = ["ALLOWED", "REFUSED", "filter_program"]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ALLOWED = _names(
    """
    access alarm arch_prctl brk capget chdir chmod clock_getres clock_gettime clock_nanosleep close
    close_range copy_file_range dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2
    epoll_wait eventfd eventfd2 execve exit exit_group faccessat faccessat2 fadvise64 fallocate fchdir fchmod
    fchmodat fcntl fdatasync flock fstat fstatfs fsync ftruncate futex futex_time64 get_mempolicy
    get_robust_list getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups getitimer getpgid
    getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit getrusage getsid gettid
    gettimeofday getuid kill lseek lstat membarrier mincore mkdir mkdirat mmap mprotect mremap msync
    munmap nanosleep newfstatat open openat openat2 pause pipe pipe2 poll ppoll pread64 preadv preadv2
    prlimit64 pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv rename renameat
    renameat2 restart_syscall rmdir rseq rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo
    rt_sigreturn rt_sigsuspend rt_sigtimedwait sched_get_priority_max sched_get_priority_min sched_getaffinity
    sched_getparam sched_getscheduler sched_yield select sendfile set_robust_list set_tid_address setitimer
    setrlimit sigaltstack stat statfs statx sync_file_range sysinfo tgkill time times tkill truncate umask
    uname unlink unlinkat utime utimensat utimes wait4 waitid write writev
    """
)

REFUSED = _names(
    """
    accept accept4 acct add_key adjtimex bind bpf capset chown chroot clock_adjtime clock_settime connect
    create_module delete_module fanotify_init fanotify_mark fchown fchownat finit_module fork fsconfig fsmount
    fsopen fspick get_kernel_syms getpeername getsockname getsockopt init_module inotify_add_watch
    inotify_init inotify_init1 io_setup io_submit io_uring_enter io_uring_register io_uring_setup ioperm iopl
    ioprio_set kcmp kexec_file_load kexec_load keyctl landlock_create_ruleset lchown link linkat listen
    lookup_dcookie mbind memfd_create memfd_secret migrate_pages mknod mknodat mlock mlock2 mlockall
    modify_ldt mount mount_setattr move_mount move_pages mq_open msgget name_to_handle_at nfsservctl
    open_by_handle_at open_tree perf_event_open personality pidfd_getfd pidfd_open pidfd_send_signal
    pivot_root process_madvise process_vm_readv process_vm_writev ptrace quotactl quotactl_fd reboot recvfrom
    recvmmsg recvmsg remap_file_pages removexattr request_key rt_tgsigqueueinfo sched_setaffinity
    sched_setattr sched_setparam sched_setscheduler seccomp semget sendmmsg sendmsg sendto set_mempolicy
    setdomainname setfsgid setfsuid setgid setgroups sethostname setns setpgid setpriority setregid setresgid
    setresuid setreuid setsid setsockopt settimeofday setuid setxattr shmat shmget shutdown signalfd signalfd4
    socket socketpair splice stime swapoff swapon symlink symlinkat sync syncfs sysfs syslog tee timer_create
    timerfd_create umount umount2 unshare uselib userfaultfd ustat vfork vhangup vm86 vmsplice
    """
)

# What an unprivileged user is made of, where the pod runs as root: refused again by the kernel once that is done.
_DROPPING = {"capset", "setgroups", "setresgid", "setresuid", "setgid", "setuid"}
_KEEP_CAPABILITIES = 8  # PR_SET_KEEPCAPS, of setpriv; what is kept is lost when the program is started
_THREAD = 0x0001_0000
_NAMESPACES = (0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x2000_0000, 0x4000_0000, 0x80)
_CONTROLS = (
    15,  # PR_SET_NAME: names of threads
    16,  # PR_GET_NAME
    3,  # PR_GET_DUMPABLE
    21,  # PR_GET_SECCOMP
    23,  # PR_CAPBSET_READ
    39,  # PR_GET_NO_NEW_PRIVS
    0x53564D41,  # PR_SET_VMA: names of heaps
)
_TERMINAL = (
    0x5401,  # TCGETS: is it a terminal?
    0x5413,  # TIOCGWINSZ
    0x541B,  # FIONREAD
    0x5421,  # FIONBIO
    0x5450,  # FIONCLEX
    0x5451,  # FIOCLEX
)
_WORD = 0xFFFF_FFFF
_MERGEABLE = 12  # MADV_MERGEABLE: pages are merged with equal ones of other processes, and how long a write takes tells
_ADVICE = (0, 1, 2, 3, 4, 8, 14, 15, 16, 17, 22, 23)  # reading ahead, giving back, huge pages, dumps, populating


@lru_cache
def filter_program(*, dropping: bool, threads: bool) -> bytes:
    """Give the filter as the kernel takes it.

    Parameters
    ----------
    dropping : bool
        Whether the calls are needed by which root becomes somebody else.
    threads : bool
        Whether the program may make threads.

    Returns
    -------
    bytes
        Instructions of the kernel's packet filter, for this machine's architecture.

    Raises
    ------
    ImportError, OSError
        pyseccomp or libseccomp is not there.
    """
    import pyseccomp

    rules = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.ENOSYS))
    refuse, masked, equal = pyseccomp.ERRNO(errno.EPERM), pyseccomp.MASKED_EQ, pyseccomp.EQ

    def add(action: int, name: str, *conditions: pyseccomp.Arg) -> None:
        try:
            rules.add_rule(action, name, *conditions)
        except (OSError, ValueError, RuntimeError):
            # libseccomp or the architecture has no such call, so nothing is allowed by it.
            return

    for name in ALLOWED:
        add(pyseccomp.ALLOW, name)
    for number in _ADVICE:
        add(pyseccomp.ALLOW, "madvise", pyseccomp.Arg(2, masked, _WORD, number))
    add(refuse, "madvise", pyseccomp.Arg(2, masked, _WORD, _MERGEABLE))
    for name in REFUSED:
        add(pyseccomp.ALLOW if dropping and name in _DROPPING else refuse, name)
    for number in (*_CONTROLS, _KEEP_CAPABILITIES) if dropping else _CONTROLS:
        add(pyseccomp.ALLOW, "prctl", pyseccomp.Arg(0, masked, _WORD, number))
    for number in _TERMINAL:
        add(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, masked, _WORD, number))
    add(pyseccomp.ALLOW, "prctl", pyseccomp.Arg(0, equal, 38), pyseccomp.Arg(1, equal, 1))  # PR_SET_NO_NEW_PRIVS
    if threads:
        add(pyseccomp.ALLOW, "clone", pyseccomp.Arg(0, masked, _THREAD | sum(_NAMESPACES), _THREAD))
        add(refuse, "clone", pyseccomp.Arg(0, masked, _THREAD, 0))
    else:
        add(refuse, "clone")
    with tempfile.TemporaryFile() as file:
        rules.export_bpf(file)
        file.seek(0)
        return os.read(file.fileno(), 1 << 20)
