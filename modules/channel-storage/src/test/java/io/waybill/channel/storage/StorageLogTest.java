package io.waybill.channel.storage;

import static io.waybill.channel.storage.Attempts.anAttempt;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.waybill.domain.Outcome;
import io.waybill.guard.AddressGuard;
import io.waybill.guard.NameResolver;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** With the SDK's and the HTTP client's loggers at WARN, no credential reaches a log. */
class StorageLogTest {
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("io.waybill");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    ours.setLevel(Level.TRACE);
    logged.start();
    root.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    root.detachAppender(logged);
    ours.setLevel(null);
  }

  private String text() {
    return logged.list.stream()
        .map(event ->
            event.getFormattedMessage()
                + event.getKeyValuePairs()
                + (event.getThrowableProxy() == null
                    ? ""
                    : ThrowableProxyUtil.asString(event.getThrowableProxy())))
        .collect(Collectors.joining("\n"));
  }

  @Test
  void aBugIsLoggedOnceWithItsPlaceAndWithoutItsWords() throws Exception {
    try (AddressGuard guard = new AddressGuard(NameResolver.ofJdk(), List.of(), 1);
        StorageChannel channel =
            StorageChannel.start(
                StorageSettings.defaults("test"),
                (secrets, config) -> {
                  throw new IllegalArgumentException("cannot parse tok-123456789");
                },
                PlatformCredentials.none(),
                guard,
                Clock.systemUTC(),
                Rig.jvmTrust())) {
      channel.send(anAttempt().build()).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    assertThat(logged.list)
        .singleElement()
        .satisfies(event -> assertThat(event.getLevel()).isEqualTo(Level.ERROR));
    assertThat(text())
        .contains("IllegalArgumentException", "StorageLogTest")
        .doesNotContain("tok-123456789");
  }

  /** Everything fails while a clock is wrong, so that whoever runs Waybill is told, once each. */
  @Test
  void f39AWrongClockIsSaid() {
    try (Rig rig = new Rig()) {
      RawServer server =
          rig.serve(RawServer.answering(RawServer.error(403, "RequestTimeTooSkewed")));

      assertThat(rig.send(anAttempt().at(server.url()))).isInstanceOf(Outcome.Transient.class);
    }

    assertThat(logged.list)
        .filteredOn(event -> event.getLevel() == Level.WARN)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly("clock differs from the object store's");
  }

  @Test
  void noCredentialIsLogged() {
    try (Rig rig = new Rig()) {
      for (String answer :
          List.of(
              RawServer.kept(),
              RawServer.error(403, "AccessDenied"),
              RawServer.error(403, "RequestTimeTooSkewed"),
              "nonsense\r\n")) {
        RawServer server = rig.serve(RawServer.answering(answer));
        rig.send(
            anAttempt().keys("key-12345", "secret-12345").session("token-12345").at(server.url()));
      }
    }

    assertThat(text()).contains("clock").doesNotContain("-12345").doesNotContain("AWS4-HMAC");
  }
}
