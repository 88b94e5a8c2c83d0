package io.waybill.guard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.domain.Mutations;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Hosts of URLs, in whatever notation. */
public final class HostFuzz {
  static final List<byte[]> SEEDS =
      List.of(
          Mutations.text("127.0.0.1"),
          Mutations.text("0x7f.0.0.1"),
          Mutations.text("0177.1"),
          Mutations.text("2130706433"),
          Mutations.text("[::ffff:127.0.0.1]"),
          Mutations.text("[fd00:ec2::254%eth0]"),
          Mutations.text("[64:ff9b::a9fe:a9fe]"),
          Mutations.text("１２７。０。０。１"),
          Mutations.text("metadata.google.internal."),
          Mutations.text("localhost"),
          Mutations.text("a.localhost"),
          Mutations.text("api.example.com"),
          Mutations.text("8.8.8.8"));

  private static final InetAddress OUTSIDE = InetAddress.ofLiteral("8.8.8.8");

  private HostFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    String host = new String(input, UTF_8);
    List<String> lookedUp = new ArrayList<>();
    NameResolver resolver =
        name -> {
          lookedUp.add(name);
          return List.of(OUTSIDE);
        };
    try (AddressGuard guard = new AddressGuard(resolver, List.of(), 1)) {
      Verdict verdict = guard.check(host).toCompletableFuture().get(30, TimeUnit.SECONDS);
      Optional<InetAddress> literal = AddressGuard.literal(host);
      if (verdict instanceof Verdict.Allowed allowed) {
        for (InetAddress address : allowed.addresses()) {
          assertThat(DeniedNetworks.find(address)).as("%s is dialled", address).isEmpty();
        }
        // Either it is an address that was judged, or it was looked up as a name.
        assertThat(lookedUp).hasSize(literal.isPresent() ? 0 : 1);
      }
      if (literal.isPresent()) {
        assertThat(lookedUp).as("a spelled address is not looked up").isEmpty();
      }
      if (guard.deniedAsSpelled(host).isPresent()) {
        assertThat(verdict).isInstanceOf(Verdict.Denied.class);
      }
      lookedUp.forEach(
          name -> assertThat(name).doesNotContainPattern("[\\s\\p{Cntrl}/\\\\@#?%\\[\\]]"));
    }
  }
}
