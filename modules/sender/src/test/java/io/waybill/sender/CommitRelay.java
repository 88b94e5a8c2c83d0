package io.waybill.sender;

import io.waybill.testkit.KafkaFixture;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * Stands between clients and a broker that advertises the relay's address, and keeps answers from
 * those who ask for a commit: the broker has committed, and the client does not get to know.
 */
final class CommitRelay implements AutoCloseable {
  private static final InetAddress HOST = loopback();

  private final ServerSocket listener;
  private final int brokerPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean loses = new AtomicBoolean();
  private final AtomicInteger lost = new AtomicInteger();

  private CommitRelay(int brokerPort) throws IOException {
    listener = new ServerSocket(0, 50, HOST);
    this.brokerPort = brokerPort;
  }

  /** One that passes on from now on, for a broker that is started afterwards. */
  static CommitRelay start() {
    try (ServerSocket free = new ServerSocket(0, 1, HOST)) {
      CommitRelay relay = new CommitRelay(free.getLocalPort());
      Thread.ofVirtual().name("commit-relay").start(relay::accept);
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The broker's own port. */
  int brokerPort() {
    return brokerPort;
  }

  private String address() {
    return HOST.getHostAddress() + ":" + listener.getLocalPort();
  }

  /** What the broker has to advertise so that all of its clients come here. */
  String advertised() {
    return "PLAINTEXT://" + address();
  }

  /** The broker as its clients see it; closed with it. */
  KafkaFixture before(KafkaFixture broker) {
    return new KafkaFixture() {
      @Override
      public String bootstrapServers() {
        return address();
      }

      @Override
      public void close() {
        CommitRelay.this.close();
        broker.close();
      }
    };
  }

  /** Whether a connection that asks for a commit gets no answer any more. */
  void losesAnswers(boolean loses) {
    this.loses.set(loses);
  }

  /** How many commits the broker was asked for without an answer. */
  int lost() {
    return lost.get();
  }

  /** The address that brokers listen on; the name localhost may mean another. */
  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() {
    while (true) {
      try {
        Socket client = listener.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> pass(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void pass(Socket client) {
    try (client;
        Socket behind = new Socket(HOST, brokerPort)) {
      open.add(behind);
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
      AtomicBoolean mute = new AtomicBoolean();
      Thread.ofVirtual().start(() -> answer(behind, client, mute));
      DataInputStream requests = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(behind.getOutputStream());
      while (true) {
        byte[] request = new byte[requests.readInt()];
        requests.readFully(request);
        // A request begins with its API key: https://kafka.apache.org/protocol
        int key = (request[0] << 8) | (request[1] & 0xff);
        if (key == ApiKeys.END_TXN.id && loses.get()) {
          mute.set(true);
          lost.incrementAndGet();
        }
        out.writeInt(request.length);
        out.write(request);
        out.flush();
      }
    } catch (IOException e) {
      // One side hung up; the other is closed with it.
    }
  }

  private static void answer(Socket behind, Socket client, AtomicBoolean mute) {
    byte[] buffer = new byte[65_536];
    try (behind;
        client) {
      OutputStream out = client.getOutputStream();
      int read = behind.getInputStream().read(buffer);
      while (read > 0) {
        if (!mute.get()) {
          out.write(buffer, 0, read);
        }
        read = behind.getInputStream().read(buffer);
      }
    } catch (IOException e) {
      // One side hung up; the other is closed with it.
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
