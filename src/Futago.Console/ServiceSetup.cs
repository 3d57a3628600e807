using System.Globalization;
using System.Reflection;
using System.Threading.RateLimiting;
using Futago.Console.Account;
using Futago.Console.Api;
using Futago.Console.Client.DataReplication;
using Futago.Console.Client.Events;
using Futago.Console.Client.Failover;
using Futago.Console.Client.Network;
using Futago.Console.Client.Node;
using Futago.Console.Client.Pairing;
using Futago.Console.Client.Shares;
using Futago.Console.Client.Snapshots;
using Futago.Console.Client.Targets;
using Futago.Console.Client.Tasks;
using Futago.Console.Client.Users;
using Futago.Console.Client.VolumeReplication;
using Futago.Console.Client.Volumes;
using Futago.Console.Components;
using Futago.Console.Engine;
using Futago.Console.Pairing;
using Futago.Console.Postgres;
using Futago.Console.Security;
using Futago.Console.Tasks;
using Futago.Engine.Contracts;
using Futago.Management.Access;
using Futago.Management.DataReplication;
using Futago.Management.Engine;
using Futago.Management.Events;
using Futago.Management.Failover;
using Futago.Management.Network;
using Futago.Management.Node;
using Futago.Management.Pairing;
using Futago.Management.Shares;
using Futago.Management.Snapshots;
using Futago.Management.Targets;
using Futago.Management.Tasks;
using Futago.Management.VolumeReplication;
using Futago.Management.Volumes;
using Futago.Migrations;
using Futago.Persistence;
using Futago.Persistence.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Quartz;

namespace Futago.Console;

/// <summary>What the console is made of, by concern.</summary>
internal static class ServiceSetup
{
    private const int SignInsPerMinute = 30;

    public static void AddControlPlane(this IServiceCollection services, ConsoleOptions options, DataDirectory directory)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(directory);
        services.AddSingleton(HostIdentity.OfThisMachine(ProductVersion(), options.ImageDirectory));
        services.AddDatabase(options);

        services.AddSingleton(new EngineClient(options.EngineSocket));
        services.AddSingleton<LiveStatus>();
        services.AddSingleton<ILiveStatus>(s => s.GetRequiredService<LiveStatus>());
        services.AddSingleton<LiveRefresh>();
        services.AddSingleton<EngineLink>();
        services.AddSingleton<EventCollector>();
        services.AddSingleton<ConfigurationPublisher>();
        services.AddHostedService<EngineLinkService>();
        services.AddHostedService<EngineSyncService>();

        services.AddSingleton<IConfigurationStore, ConfigurationStore>();
        services.AddSingleton<IEventStore, EventStore>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<TargetViews>();
        services.AddScoped<ITargets, TargetManager>();
        services.AddScoped<ISessions, SessionManager>();
        services.AddScoped<IDiagnostics, DiagnosticsReader>();
        services.AddScoped<IVolumeManager, VolumeManager>();
        services.AddScoped<IShares, ShareManager>();
        services.AddScoped<ISnapshotManager, SnapshotManager>();
        services.AddScoped<INodeSettings, NodeManager>();
        services.AddScoped<IEvents, EventLog>();
        services.AddPairing();
        services.AddScoped<UserManagement>();
        services.AddTasks();
        services.AddScoped<IUsers>(s => s.GetRequiredService<UserManagement>());
    }

    private static void AddPairing(this IServiceCollection services)
    {
        services.AddSingleton<IPeerConnector, PeerConnector>();
        services.AddSingleton<OwnParty>();
        services.AddSingleton<PairingOffers>();
        services.AddSingleton<PeerMonitor>();
        services.AddSingleton<ILivePeer>(s => s.GetRequiredService<PeerMonitor>());
        services.AddSingleton<PeerRequests>();
        services.AddScoped<IPair, PairManager>();
        services.AddSingleton<ReplicationHalf>();
        services.AddSingleton<PeerReplicationCalls>();
        services.AddSingleton<PeerReplicationRequests>();
        services.AddScoped<IVolumeReplications, VolumeReplicationManager>();
        services.AddFailover();
        services.AddHostedService<PeerMonitorService>();
    }

    private static void AddFailover(this IServiceCollection services)
    {
        services.AddSingleton<FailoverHalf>();
        services.AddSingleton<FailoverLooker>();
        services.AddSingleton<FailoverRoles>();
        services.AddSingleton<PeerFailoverRequests>();
        services.AddSingleton<FailoverProgress>();
        services.AddScoped<NewVolumes>();
        services.AddScoped<IFailover, FailoverManager>();
        services.AddSingleton<NicTrafficRecorder>();
        services.AddSingleton<INicTraffic>(s => s.GetRequiredService<NicTrafficRecorder>());
        services.AddScoped<INetwork, NetworkReader>();
    }

    private static void AddTasks(this IServiceCollection services)
    {
        services.AddSingleton<ITaskStore, TaskStore>();
        services.AddSingleton<ITaskKind, ReplicationTaskKind>();
        services.AddSingleton<ITaskKind, SnapshotTaskKind>();
        services.AddSingleton<VerifyTaskKind>();
        services.AddSingleton<ITaskKind>(s => s.GetRequiredService<VerifyTaskKind>());
        services.AddSingleton<ScheduledSnapshots>();
        services.AddSingleton<TaskRuns>();
        services.AddSingleton<ILiveTasks>(s => s.GetRequiredService<TaskRuns>());
        services.AddSingleton<TaskViews>();
        services.AddSingleton<TaskSlots>();
        services.AddSingleton<ISlotTimer, QuartzSlotTimer>();
        services.AddSingleton<ReplicationCollector>();
        services.AddScoped<ITasks, TaskManager>();
        services.AddSingleton<TaskRegister>();
        services.AddSingleton<VerifySchedules>();
        services.AddScoped<ISnapshotSchedules, SnapshotScheduleManager>();
        services.AddScoped<IDataReplication, DataReplicationManager>();
        services.AddScoped<IReplicationAgent, AgentManager>();
        services.AddQuartz(quartz =>
        {
            quartz.UseTimeProvider(TimeProvider.System);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.UseRegisteredDataSource = true);
                store.UseSystemTextJsonSerializer();
                store.ProvisionSchema();
            });
        });
        services.AddHostedService<TaskSchedulingService>();
    }

    public static void AddAccess(this IServiceCollection services, DataDirectory directory)
    {
        services.AddDataProtection().SetApplicationName("Futago").PersistKeysToFileSystem(directory.Subdirectory("keys"));
        services.AddSingleton<ISecretProtector, SecretProtector>();
        services.AddSingleton<SetupCode>();
        services.AddSingleton<FirstVisit>();
        services.AddHttpContextAccessor();
        services.AddScoped<ICurrentActor, CurrentActor>();
        services.AddScoped<CookieEvents>();

        services.AddIdentityCore<ApplianceUser>(AccountRules.Configure)
            .AddEntityFrameworkStores<ApplianceDbContext>()
            .AddClaimsPrincipalFactory<ApplianceClaimsFactory>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
        services.Configure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthentication(ChosenByRequest)
            .AddPolicyScheme(ChosenByRequest, null, o => o.ForwardDefaultSelector = Choose)
            .AddScheme<AuthenticationSchemeOptions, PeerAuthenticationHandler>(PeerAuthenticationHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, PairedNodeAuthenticationHandler>(PairedNodeAuthenticationHandler.SchemeName, null)
            .AddScheme<AuthenticationSchemeOptions, TokenAuthenticationHandler>(TokenAuthenticationHandler.SchemeName, null)
            .AddCookie(IdentityConstants.ApplicationScheme, o =>
            {
                // Not __Host-: the CLI's socket is plain HTTP, and cookies there would be dropped without a word.
                o.Cookie.Name = "futago";
                o.Cookie.SameSite = SameSiteMode.Lax;
                o.Cookie.HttpOnly = true;
                o.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
                o.LoginPath = "/sign-in";
                o.AccessDeniedPath = "/";
                o.ReturnUrlParameter = "returnUrl";
                o.ExpireTimeSpan = TimeSpan.FromHours(12);
                o.SlidingExpiration = true;
                o.EventsType = typeof(CookieEvents);
            });
        services.AddAuthorization(Policies.Configure);
        services.AddAntiforgery(o =>
        {
            o.Cookie.Name = "futago.antiforgery";
            o.Cookie.SameSite = SameSiteMode.Strict;
        });
        services.AddRateLimiter(o =>
        {
            o.AddPolicy(AccountEndpoints.RateLimit, context => RateLimitPartition.GetFixedWindowLimiter(
                context.Connection.RemoteIpAddress?.ToString() ?? "local",
                _ => new FixedWindowRateLimiterOptions { PermitLimit = SignInsPerMinute, Window = TimeSpan.FromMinutes(1) }));
            o.OnRejected = (context, _) =>
            {
                context.HttpContext.Response.Redirect($"/sign-in?error={ProblemCodes.TooManyRequests}");
                return ValueTask.CompletedTask;
            };
        });
    }

    public static void AddWeb(this IServiceCollection services)
    {
        services.AddConsoleComponents();
        services.AddScoped<AuthenticationStateProvider, CircuitRevalidation>();
        services.Configure<RequestLocalizationOptions>(o =>
        {
            var cultures = AccountEndpoints.Cultures.Select(c => new CultureInfo(c)).ToList();
            o.SupportedCultures = cultures;
            o.SupportedUICultures = cultures;
            o.SetDefaultCulture(AccountEndpoints.Cultures[0]);
        });
        services.ConfigureHttpJsonOptions(o => EngineJson.Configure(o.SerializerOptions));
        services.Configure<RouteHandlerOptions>(o => o.ThrowOnBadRequest = true);
        services.AddOpenApi(o =>
        {
            o.AddOperationTransformer(ProblemDescription.AddAsync);
            o.AddDocumentTransformer((document, _, _) =>
            {
                document.Info.Title = "Futago API";
                document.Info.Version = "v1";
                return Task.CompletedTask;
            });
        });
    }

    private const string ChosenByRequest = "ChosenByRequest";

    private static void AddDatabase(this IServiceCollection services, ConsoleOptions options)
    {
        if (options.ConnectionString is null)
        {
            services.AddSingleton(s => new PrivateCluster(options.PostgresDirectory!, options.PostgresSocketDirectory!, s.GetRequiredService<ILogger<PrivateCluster>>()));
            services.AddSingleton(s => BuildDataSource(s.GetRequiredService<PrivateCluster>().ConnectionString));
        }
        else
        {
            services.AddSingleton(_ => BuildDataSource(options.ConnectionString));
        }
        // By this name Quartz finds it, so that scheduler and stores share one pool.
        services.AddSingleton<System.Data.Common.DbDataSource>(s => s.GetRequiredService<NpgsqlDataSource>());
        services.AddDbContextFactory<ApplianceDbContext>((s, o) =>
            o.UseNpgsql(s.GetRequiredService<NpgsqlDataSource>(), npgsql => npgsql.MigrationsAssembly(MigrationsAssembly.Name)));
        services.AddSingleton<Database>();
        services.AddSingleton<DatabaseSetup>();
        services.AddSingleton<DatabaseStatus>();
        services.AddHostedService<DatabaseService>();
    }

    private static NpgsqlDataSource BuildDataSource(string connectionString)
    {
        var text = new NpgsqlConnectionStringBuilder(connectionString) { ApplicationName = "futago-console" };
        if (!text.ContainsKey("Maximum Pool Size"))
            text.MaxPoolSize = 20;
        if (!text.ContainsKey("Timeout"))
            text.Timeout = 5;
        return new NpgsqlDataSourceBuilder(text.ConnectionString).Build();
    }

    // By connection and header, never by what a request claims of itself otherwise.
    private static string Choose(HttpContext context)
    {
        if (PeerTls.FingerprintOf(context) is not null)
            return PairedNodeAuthenticationHandler.SchemeName;
        if (context.Request.Headers.Authorization.ToString().StartsWith(TokenAuthenticationHandler.HeaderPrefix, StringComparison.OrdinalIgnoreCase))
            return TokenAuthenticationHandler.SchemeName;
        return context.Features.Get<PeerFeature>() is { Trusted: true } ? PeerAuthenticationHandler.SchemeName : IdentityConstants.ApplicationScheme;
    }

    private static string ProductVersion() =>
        typeof(ServiceSetup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
