package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.waybill.domain.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnknownSchemaTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"<html>default backend - 404</html>", "", "{}", "{\"error_code\":404}", "[1]"})
  void aProxysNotFoundIsNoUnknownSchema(String body) throws IOException {
    assertAnswer(body, RegistryException.Unavailable.class);
  }

  @ParameterizedTest
  @ValueSource(strings = "{\"error_code\":40403,\"message\":\"Schema 7 not found\"}")
  void theRegistrysNotFoundIs(String body) throws IOException {
    assertAnswer(body, RegistryException.UnknownSchema.class);
  }

  @DisplayName("row 79: is asked for once in a while")
  @Test
  void isAskedForOnceInAWhile() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          byte[] body = "{\"error_code\":40403}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(404, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      Codecs codecs = new Codecs(new HttpSchemaRegistry(Map.of("schema.registry.url", url)));

      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> codecs.tasks().decode(new byte[] {0, 0x7F, -1, -1, -1, 1}))
            .isInstanceOfSatisfying(
                UndecodableException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_SCHEMA));
      }

      assertThat(asked).as("a flood of such records is no flood of questions").hasValue(1);
    } finally {
      server.stop(0);
    }
  }

  private static void assertAnswer(String body, Class<? extends RegistryException> expected)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(404, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort();
      HttpSchemaRegistry registry = new HttpSchemaRegistry(Map.of("schema.registry.url", url));

      assertThatThrownBy(() -> registry.schemaById(7)).isInstanceOf(expected);
    } finally {
      server.stop(0);
    }
  }
}
