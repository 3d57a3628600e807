# The data plane: guard and engine. It mounts volume groups and uses loop devices, so it runs privileged.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source
COPY . .
RUN dotnet publish src/Futago.Guard -c Release -o /app/guard \
 && dotnet publish src/Futago.Engine -c Release -o /app/engine

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
 && apt-get install -y --no-install-recommends xfsprogs util-linux mount e2fsprogs rsync iproute2 \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 7700 futago
COPY --from=build /app /app
# The engine's state and the disk images; the socket that the console talks to.
VOLUME ["/var/lib/futago", "/run/futago"]
EXPOSE 3260
ENTRYPOINT ["dotnet", "/app/guard/futago-guard.dll", "--data", "/var/lib/futago/engine", "--", \
  "dotnet", "/app/engine/futago-engine.dll", "--data", "/var/lib/futago/engine", "--socket", "/run/futago/engine.sock", \
  "--socket-group", "futago", "--image-directory", "/var/lib/futago/images", "--mount-root", "/run/futago/groups"]
