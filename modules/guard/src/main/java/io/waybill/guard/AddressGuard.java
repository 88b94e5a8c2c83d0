package io.waybill.guard;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Resolves a host once and judges its port and every address that it has. Safe to share between
 * threads.
 *
 * <p>Look-ups run on a few daemon threads of the guard's own, since a look-up of the JVM can
 * neither be given a time-out nor be interrupted. Callers put their own deadline on the stage and
 * walk away. At most one look-up per host is under way, so a host whose name servers hang holds one
 * of the threads, however many attempts wait for it.
 */
public final class AddressGuard implements AutoCloseable {

  /** Look-ups under way at a time when nothing else is said. */
  public static final int DEFAULT_LOOKUPS = 16;

  /** Look-ups of different hosts that may wait for a thread before further ones fail at once. */
  private static final int MAX_WAITING = 10_000;

  /** Hosts whose spelling is remembered, before all are forgotten. */
  private static final int MANY_HOSTS = 10_000;

  private final NameResolver resolver;
  private final List<Cidr> allowed;
  private final Set<Integer> allowedPorts;
  private final Optional<EgressProxy> proxy;
  private final ExecutorService lookups;
  private final ConcurrentMap<String, CompletableFuture<Verdict>> underWay =
      new ConcurrentHashMap<>();

  /** What a host says by itself never changes. What of it is denied is judged anew each time. */
  private final ConcurrentMap<String, Spelling> spellings = new ConcurrentHashMap<>();

  /**
   * A guard that starts no thread before the first look-up.
   *
   * @param allowed networks that the operator allows although the table refuses them
   * @param lookups most look-ups at a time
   */
  public AddressGuard(NameResolver resolver, List<Cidr> allowed, int lookups) {
    this(resolver, allowed, lookups, Optional.empty());
  }

  /**
   * The same for machines that have no way out of their own.
   *
   * @param proxy that everything goes through; what it is asked for is judged here all the same
   */
  public AddressGuard(
      NameResolver resolver, List<Cidr> allowed, int lookups, Optional<EgressProxy> proxy) {
    this(resolver, allowed, Set.of(), lookups, proxy);
  }

  /**
   * The same for receivers at unusual ports.
   *
   * @param allowedPorts ports that the operator allows although the table refuses them
   */
  public AddressGuard(
      NameResolver resolver,
      List<Cidr> allowed,
      Set<Integer> allowedPorts,
      int lookups,
      Optional<EgressProxy> proxy) {
    this.proxy = proxy;
    this.resolver = resolver;
    this.allowed = List.copyOf(allowed);
    this.allowedPorts = Set.copyOf(allowedPorts);
    this.lookups = newPool(lookups);
  }

  private static ExecutorService newPool(int threads) {
    // Platform threads: a native look-up would pin a virtual thread's carrier, and there are few.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("waybill-lookup-", 0).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /**
   * Judges the port, resolves, and judges the addresses. Completes normally whatever happens, on a
   * look-up thread or, for an address literal and a denied port, before it returns; dependents must
   * not block.
   *
   * @param host a name or an address, IPv6 with or without brackets
   * @param port to be dialled; -1 for the protocol's own
   */
  public CompletionStage<Verdict> check(String host, int port, Protocol protocol) {
    Optional<Verdict.PortDenied> denied = deniedPort(port, protocol);
    return denied.isPresent() ? CompletableFuture.completedFuture(denied.get()) : check(host);
  }

  /**
   * Why nothing that speaks this protocol dials the port, whatever the host.
   *
   * @param port -1 for the protocol's own
   */
  public Optional<Verdict.PortDenied> deniedPort(int port, Protocol protocol) {
    return allowedPorts.contains(port)
        ? Optional.empty()
        : DeniedPorts.find(port, protocol).map(what -> new Verdict.PortDenied(port, what));
  }

  /** {@link #check(String, int, Protocol)} without the port: for a host alone. */
  public CompletionStage<Verdict> check(String host) {
    Spelling spelling = spelling(host);
    Verdict spelled = judge(spelling.readings());
    if (spelled instanceof Verdict.Denied) {
      return CompletableFuture.completedFuture(spelled);
    }
    return switch (spelling.kind()) {
      case ADDRESS -> CompletableFuture.completedFuture(spelled);
      // Whoever is asked for it may read it in another way than it was judged.
      case UNUSUAL -> CompletableFuture.completedFuture(new Verdict.Unresolvable());
      case NAME -> {
        String name = host.toLowerCase(Locale.ROOT);
        yield lookedUp(name, name, this::judge);
      }
    };
  }

  private Spelling spelling(String host) {
    Spelling known = spellings.get(host);
    if (known != null) {
      return known;
    }
    if (spellings.size() >= MANY_HOSTS) {
      spellings.clear();
    }
    Spelling read = Spelling.of(host);
    spellings.put(host, read);
    return read;
  }

  /** What everything goes through, when the operator says so. */
  public Optional<EgressProxy> proxy() {
    return proxy;
  }

  /**
   * Where the {@link #proxy} is now: as the operator says, so not judged. Empty when there is none
   * or nobody can tell; completes as {@link #check} does.
   */
  public CompletionStage<List<InetAddress>> proxyAddresses() {
    if (proxy.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    String host = proxy.get().host();
    Optional<InetAddress> literal = literal(host);
    if (literal.isPresent()) {
      return CompletableFuture.completedFuture(List.of(literal.get()));
    }
    // A key that is no name, for a destination may have the same name, and is judged.
    return lookedUp(
            "proxy " + host,
            host,
            addresses ->
                addresses.isEmpty() ? new Verdict.Unresolvable() : new Verdict.Allowed(addresses))
        .thenApply(verdict ->
            verdict instanceof Verdict.Allowed(List<InetAddress> addresses)
                ? addresses
                : List.of());
  }

  private CompletionStage<Verdict> lookedUp(
      String key, String name, Function<List<InetAddress>, Verdict> judge) {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    CompletableFuture<Verdict> earlier = underWay.putIfAbsent(key, verdict);
    if (earlier != null) {
      // A copy, so that no caller can complete what others wait for.
      return earlier.copy();
    }
    try {
      lookups.execute(() -> finish(key, verdict, lookUp(name, judge)));
    } catch (RejectedExecutionException e) {
      // Too many hosts wait, or the guard is closed: nothing was dialled, a later try may succeed.
      finish(key, verdict, new Verdict.Unresolvable());
    }
    return verdict.copy();
  }

  private void finish(String key, CompletableFuture<Verdict> verdict, Verdict value) {
    // Removed first: whoever comes now must get an answer from now.
    underWay.remove(key, verdict);
    verdict.complete(value);
  }

  private Verdict lookUp(String name, Function<List<InetAddress>, Verdict> judge) {
    try {
      return judge.apply(resolver.resolve(name));
    } catch (UnknownHostException | RuntimeException e) {
      // A resolver that breaks is as good as none; every caller would otherwise wait for ever.
      return new Verdict.Unresolvable();
    }
  }

  /**
   * What a host spells out and may not be dialled, without a look-up: an address in any notation
   * that some program understands, or a name that means loopback or a cloud's metadata everywhere.
   *
   * @return empty when only the attempt can tell
   */
  public Optional<Verdict.Denied> deniedAsSpelled(String host) {
    return judge(Spelling.of(host).readings()) instanceof Verdict.Denied denied
        ? Optional.of(denied)
        : Optional.empty();
  }

  /** Judges addresses that are already known. */
  public Verdict judge(List<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      Optional<Verdict.Denied> denied = denied(address);
      if (denied.isPresent()) {
        // One bad address refuses all: a mixed answer is how rebinding starts.
        return denied.get();
      }
    }
    return addresses.isEmpty() ? new Verdict.Unresolvable() : new Verdict.Allowed(addresses);
  }

  private Optional<Verdict.Denied> denied(InetAddress address) {
    if (allowed.stream().noneMatch(network -> network.contains(address))) {
      Optional<DeniedNetworks.Entry> entry = DeniedNetworks.find(address);
      if (entry.isPresent()) {
        return Optional.of(new Verdict.Denied(address, entry.get().network(), entry.get().what()));
      }
    }
    // Whoever allows NAT64, because all his IPv4 is behind it, does not mean loopback behind it.
    return DeniedNetworks.embedded(address).flatMap(this::denied);
  }

  /**
   * The address that a host of a URL spells out, without a look-up; empty for a name. Of several
   * readings the JVM's: {@code 127.1} and {@code 2130706433} are 127.0.0.1.
   *
   * @param host IPv6 with or without brackets
   */
  public static Optional<InetAddress> literal(String host) {
    Spelling spelling = Spelling.of(host);
    return switch (spelling.kind()) {
      case ADDRESS, UNUSUAL -> spelling.readings().stream().findFirst();
      case NAME -> Optional.empty();
    };
  }

  /** Takes no further look-up; threads that hang in one are daemons and left alone. */
  @Override
  public void close() {
    lookups.shutdownNow();
    // What waited for a thread will not get one.
    underWay.forEach((key, verdict) -> finish(key, verdict, new Verdict.Unresolvable()));
  }
}
