package io.waybill.wire;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
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
